"""Names of libraries that everybody knows, so that one which is a letter away from one of them is told."""

_PYTHON = """
aiohttp alembic anthropic asyncpg attrs bcrypt beautifulsoup4 black boto3 botocore bottle cachetools celery
certifi cffi charset-normalizer click colorama coverage cryptography cython dask dataclasses-json datasets
defusedxml django djangorestframework docker docutils fastapi flake8 flask gevent google-auth graphviz
greenlet grpcio gunicorn h11 httpcore httpx hypothesis idna importlib-metadata ipython isort jedi jinja2
jmespath joblib jsonschema jupyter keras kombu langchain lightgbm lxml mako mariadb markdown markupsafe
matplotlib mongoengine mypy mysqlclient networkx nltk notebook numba numpy oauthlib openai opencv-python
openpyxl orjson packaging pandas paramiko peewee pexpect pillow pip platformdirs plotly pluggy poetry polars
prometheus-client protobuf psutil psycopg psycopg2 psycopg2-binary pyarrow pycparser pycryptodome pydantic
pygments pyjwt pylint pymongo pymysql pyopenssl pyparsing pyqt5 pyserial pytest pytest-cov python-dateutil
python-dotenv pytorch pytz pyyaml redis regex requests requests-oauthlib rich rsa ruamel-yaml ruff
s3transfer scikit-learn scipy scrapy seaborn selenium sentry-sdk setuptools simplejson six sphinx sqlalchemy
sqlparse starlette statsmodels structlog sympy tabulate tenacity tensorflow termcolor tokenizers toml tomli
torch torchvision tornado tox tqdm transformers typer typing-extensions tzdata ujson urllib3 uvicorn uvloop
virtualenv waitress watchdog websocket-client websockets werkzeug wheel wrapt xgboost xmltodict yarl zipp
"""
_NPM = """
angular ansi-styles async autoprefixer axios babel-loader bluebird body-parser bootstrap browserslist chai
chalk cheerio chokidar classnames color-convert commander concurrently cookie-parser core-js cors cross-env
cross-spawn css-loader cypress d3 dayjs debug dotenv electron ember esbuild eslint eslint-config-prettier
events express fastify file-loader follow-redirects form-data formik framer-motion fs-extra glob got graphql
gulp handlebars helmet highlight.js html-webpack-plugin husky immer inquirer jest joi jquery js-yaml jsdom
jsonwebtoken karma knex koa left-pad less lint-staged lodash lodash-es luxon marked mathjs micromatch
minimist mkdirp mocha moment mongodb mongoose morgan multer mysql mysql2 nanoid next node-fetch node-sass
nodemailer nodemon npm nuxt openai passport path-to-regexp playwright pnpm postcss preact prettier prisma
prop-types puppeteer qs ramda react react-dom react-redux react-router react-router-dom redis redux request
rimraf rollup rxjs sass semver sequelize serve sharp shelljs sinon socket.io source-map storybook
style-loader styled-components supertest svelte tailwindcss terser three through2 tslib turbo typeorm
typescript underscore undici uuid validator vite vitest vue vue-router vuex webpack webpack-cli
webpack-dev-server winston ws yargs yup zod zone.js zustand
"""
_CARGO = """
actix-web anyhow async-trait axum base64 bincode bitflags bytes chrono clap criterion crossbeam diesel
env_logger futures hyper indexmap itertools lazy_static libc log nom num once_cell parking_lot proc-macro2
proptest quote rand rayon regex reqwest ring rustls semver serde serde_json serde_yaml sha2 smallvec sqlx
syn tempfile thiserror tokio toml tonic tower tracing url uuid walkdir
"""

WELL_KNOWN = {
    "python": frozenset(_PYTHON.split()),
    "npm": frozenset(_NPM.split()),
    "cargo": frozenset(_CARGO.split()),
}
"""Kind of a manifest -> names as they are written."""
