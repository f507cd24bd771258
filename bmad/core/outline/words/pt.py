"""Portuguese."""

from bmad.core.outline.words.language import Column, Language, Rank, Role

PORTUGUESE = Language(
    code="pt",
    common="o|a|os|as|de|que|e|em|um|uma|é|com|para|por|do|da|não|deve|dos|ao",
    headings={
        Role.REQUIREMENT: (
            "objetivos funcionais|funcionais|funcional|requisitos|requisitos…|…requisitos funcionais|funcionalidades|funcionalidades…|funções|recursos|"
            "comportamento|regras|regras…|escopo|no escopo|dentro do escopo|entregáveis|necessidades|características"
        ),
        Role.DESIGN: "projeto técnico|arquitetura|solução|implementação|especificação|desenho",
        Role.STORIES: "histórias de usuário|histórias de usuário…|histórias de utilizador|casos de uso|casos de uso…",
        Role.CRITERIA: "critério de aceitação|critério de aceite|critérios de aceitação|critérios de aceitação…|critérios de aceite|cenários|aceitação",
        Role.EDGE: "casos limite|casos extremos|casos de erro|tratamento de erros|casos de borda",
        Role.GOAL: "objetivo|objetivos|objetivos…|metas|critérios de sucesso|resultados esperados",
        Role.NON_GOAL: (
            "fora de scope|fora do scope|fora do scope…|…fora do mvp…|…fora do escopo…|…fora de escopo…|…fora do âmbito…|não objetivos|…não objetivos…|exclusões|exclusões…|"
            "excluído…|…não incluído…|…não inclui…|o que não…|…adiado…|não faremos…|itens fora…|"
            "…não faz parte…|…não será feito…|não desejado|não desejados|indesejado|indesejados|não fazer|fora dos limites"
        ),
        Role.LATER: "mais tarde|futuro|melhorias futuras|trabalhos futuros|fase 2|opcional|opcionais|ideias|desejável|"
        "desejáveis",
        Role.QUESTION: "perguntas abertas|questões abertas|questões em aberto|perguntas|a definir|a decidir|a esclarecer|em aberto|pontos em aberto|pontos em aberto…|questões em aberto…|perguntas abertas…|dúvidas",
        Role.CONSTRAINT: "premissas e restrições|suposições e restrições|pressupostos e restrições|restrições|restrições…|limitações|tecnologias|ambiente técnico|plataforma",
        Role.QUALITY: "não funcionais|não funcional|requisitos não funcionais|requisitos não funcionais…|desempenho|segurança|confiabilidade|acessibilidade|"
        "qualidade|disponibilidade|atributos de qualidade",
        Role.DECISION: "decisão|decisões",
        Role.CONSEQUENCES: "consequências",
        Role.SUMMARY: "resumo|visão geral|visão|descrição|descrição geral|introdução|propósito",
        Role.PLAN: "próximos passos|fases|cronograma|marcos|roteiro|planejamento|plano de trabalho",
        Role.USERS: (
            "características dos usuários|descrição dos usuários|usuários e papéis|papéis de usuário|atores e papéis|usuários|utilizadores|público…|atores|atores principais|atores do sistema|papéis|partes interessadas|personas|participantes|"
            "perfis de usuário|perfis de usuários"
        ),
        Role.CONTEXT: (
            "justificativa…|posicionamento|oportunidade de negócio|perspectiva do produto|razões|motivos|modelo de negócio|estrutura do projeto|estrutura de pastas|estrutura do repositório|contexto|antecedentes|motivação|exemplos|exemplos…|anexo|anexos|riscos|riscos…|por quê…|premissas|"
            "suposições|dependências|problema|situação atual|notas|observações|"
            "instalação|instalação…|…riscos|justificativa|justificativas|justificação|fundamentação"
        ),
        Role.RESEARCH: "pesquisa de mercado|análise de mercado|análise da concorrência|resultados da pesquisa",
        Role.ASIDE: "perguntas frequentes|alternativas|alternativas…",
        Role.TEST: "plano de testes|testes|estratégia de testes|casos de teste",
        Role.HISTORY: "controle de alterações|histórico|histórico de alterações|histórico de versões|histórico de revisões|…já implementado…|"
        "estado|status|controle de versões",
        Role.CONTENTS: "índice|sumário|conteúdo",
        Role.ABOUT: (
            "contratante|lista de participantes|acordos da equipe|acordos de equipe|regras da equipe|normas da equipe|acordos de trabalho|licença|autores|autor|agradecimentos|referências|sobre|ligações|bibliografia|contato|"
            "responsáveis|responsáveis…|equipe do projeto|…rastreabilidade…|matriz de rastreabilidade"
        ),
        Role.GLOSSARY: "definição|glossário|definições|termos|siglas|acrônimos|entidades chave",
    },
    ranked={
        Rank.MUST: "obrigatório|obrigatórios|essencial|prioridade alta",
        Rank.SHOULD: "deveria|importante|prioridade média",
        Rank.COULD: "poderia|opcional|desejável|prioridade baixa",
    },
    modifiers="os|as|o|a|funcionais|principais|do|da|de|e|sistema|produto|gerais|usuário|chave",
    lacks=(
        r"o que (?:\S+ ){0,6}?não (?:\S+ )?(?:faz|fará|fazem|inclui|oferece|cobre|é|suporta|contém|fornece)\b.*"
    ),
    units={
        "epic": "épico",
        "story": "história de usuário|história|caso de uso",
        "requirement": "requisito|funcionalidade",
        "scenario": "cenário",
    },
    ranks={
        Rank.MUST: "obrigatório…|deve…|alta|alto|essencial|crítica|crítico",
        Rank.SHOULD: "deveria…|média|médio|importante",
        Rank.COULD: "poderia…|pode…|baixa|baixo|opcional…|desejável|fase 2…|fase 3…",
        Rank.WONT: "cancelado|cancelada|removido|removida|descartado|excluído…|descartado…|não|fora do escopo",
    },
    columns={
        Column.ID: "número|código|identificador",
        Column.TEXT: "detalhe|detalhes|requisito|requisitos|descrição|regra|critério",
        Column.NAME: "funcionalidade|função|nome|título|campo",
        Column.PRIORITY: "fase|prioridade|importância",
        Column.REQUIRED: "obrigatório|obrigatória|requerido|necessário|exigido",
        Column.OPTIONAL: "opcional",
        Column.SCOPE: "no escopo|dentro do escopo|incluído",
        Column.ROLE: "como|papel|ator",
        Column.WANT: "quero|preciso|eu quero",
        Column.WHY: "para|para que|benefício",
        Column.DEPENDS: "depende de|dependências|requer",
        Column.DONE: "estado|status|feito",
        Column.ASIDE: "justificativa|notas|comentário|fonte|estimativa|observações",
        Column.RECORD: "versão|data|autor|alteração|alterações|termo|significado|definição",
    },
    records="ator|atores|ator principal|período|professor|tipo|etapa|fonte|responsável|estado|status|autor|data|versão|projeto|cliente|participantes|nota",
    must=(
        "deve|devem|deverá|deverão|tem que|têm que|precisa|precisam|obrigatório|obrigatória|proibido|exigido|não pode|"
        "não podem|não deve|não devem|nunca|sempre|é necessário|no máximo"
    ),
    weak="nunca|sempre|no máximo",
    should="deveria|deveriam|recomenda se|recomendado|preferencialmente|idealmente",
    may="poderia|poderiam",
    can="opcional|opcionalmente|pode|podem|poderá|poderão|é possível",
    only="só pode|só podem|pode apenas|podem apenas|somente pode|apenas pode",
    will="será|serão|permite|permitirá|permitir",
    rules="é inválido|são inválidos|é inválida|é ignorado|são ignorados|não é permitido|é rejeitado|são rejeitados|por padrão|"
    "é exibido|é exibida|é excluído|é salvo|é enviado|um erro|retorna",
    wishes="propomos|proponho|quero|queremos|gostaria|gostaríamos|preciso|precisamos|seria|desejo|eu quero",
    nice="seria bom|seria ótimo|seria legal|talvez|se possível|um dia",
    conditions="se|quando|ao|após|antes|depois|uma vez",
    opens_aside="o objetivo deste documento|o propósito deste documento|"
    "por exemplo|exemplo|exemplos|nota|veja|este documento|esta seção|atualmente|hoje|historicamente|em geral|"
    "geralmente|a figura|nossa equipe|acreditamos",
    doubts=(
        r"(?:eu |nós )?(?:ainda )?não (?:tenho|temos) certeza\b|(?:eu |nós )?(?:ainda )?não (?:sei|sabemos)\b|"
        r"sem ideia\b|nenhuma ideia\b|(?:eu )?duvid(?:o|amos)\b|vamos ver\b|veremos\b"
    ),
    past="era|eram|foi|foram|havia|estava|estavam|tem sido|ontem|anteriormente|fizemos",
    first="eu|nós|nosso|nossa|nossos|meu|minha|me",
    stories=(r"como .{1,60}?,? (?:eu )?(?:quero|preciso|posso|gostaria|desejo|queremos)\b",),
    given="dado|dada|dado que",
    when="quando|se",
    then="então",
    more="e|mas|ou",
    out=(
        "fora de escopo|fora do escopo|não faz parte|não fazem parte|não será implementado|"
        "não será implementada|não serão implementados|não serão implementadas|não contemplado|"
        "não contemplada|não previsto|não prevista|"
        "não vamos construir|não vamos fazer|não faremos|não construiremos|não ofereceremos|"
        "não suportaremos"
    ),
    leaves="não inclui|não incluirá|não serão incluídos|não será incluído|ficam de fora|fica de fora|não faremos",
    unneeded=r"não (?:é|são) (?:necessári|exigid|requerid)[oa]s?$|^não (?:é|são) necessári[oa]s? (?:\S+ ?){1,8}$",
    meta=(
        r"(?:(?:cada|todos os|os|estes) )?(?:seguintes )?requisitos?(?: deste documento)? (?:é|são|está|estão|tem|têm|possui|possuem|"
        r"deve|devem|inclui|incluem|que descrevem?)\b.*\b(?:identificador|código|únicos?|verificáveis|verificável|testáve(?:l|is)|mensuráve(?:l|is)|"
        r"prioridade|priorizados?|classificados?|numerados?|breve descrição|redigidos?|agrupados?)\b.*"
    ),
    noes="sem|não|nenhum|nenhuma",
    yet="por enquanto|por ora|inicialmente|na primeira versão|em v1|nesta versão",
    depends="depende de|depende do|depende da|depende de:|requer|dependências:",
    serves="implementa|cobre|atende|satisfaz|requisitos|requisito|requisitos atendidos",
    everywhere="navegador|navegadores|segundos|milissegundos|disponibilidade|licença|biblioteca|dependência|acessível|rápido|"
    "simples|servidor|versão|código|celular|plataforma|lgpd",
    clauses="que|quem|cujo|onde|se|quando|mas|e|ou|porque|para|pois|sem|com|exceto|depois|antes|enquanto|embora",
    points="diagrama a seguir|figura a seguir|seguinte diagrama|seguinte figura",
    reasons="porque|para que|pois|já que|a fim",
    stop="o|a|os|as|um|uma|de|do|da|dos|das|e|ou|é|são|em|no|na|por|para|que|com|não|se|seu|sua|deve|devem|pode|podem|"
    "sistema|usuário|usuários|aplicação|aplicativo|permitir|permite|ao",
    nothing="nenhum|nenhuma|nada|não|sim",
    unfilled="não se aplica|a definir|a preencher|a completar",
)
