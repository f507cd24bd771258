from collections.abc import Iterator

import pytest

from tests.sdk.world import Models, models


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    with models(tmp_path_factory.mktemp("models")) as made:
        yield made
