"""Spanish."""

from bmad.core.outline.words.language import Column, Language, Rank, Role

SPANISH = Language(
    code="es",
    common="el|la|los|las|de|que|y|en|un|una|es|con|para|por|del|se|debe|no|su|al",
    headings={
        Role.REQUIREMENT: (
            "objetivos funcionales|funcionales|funcional|requisitos|requisitos…|…requisitos funcionales|requerimientos|requerimientos…|funcionalidades|"
            "funcionalidades…|funcionalidad|funciones|características|características…|comportamiento|reglas|reglas…|"
            "alcance|dentro del alcance|en alcance|entregables|necesidades|qué hace…"
        ),
        Role.DESIGN: "diseño|diseño…|arquitectura|solución|implementación|especificación",
        Role.STORIES: "historias de usuario|historias de usuario…|casos de uso|casos de uso…|escenarios de usuario…",
        Role.CRITERIA: "criterio de aceptación|criterios de aceptación|criterios de aceptación…|escenarios|aceptación|escenarios de aceptación",
        Role.EDGE: "casos límite|casos extremos|casos de error|manejo de errores|casos borde",
        Role.GOAL: "objetivo|objetivos|objetivos…|metas|criterios de éxito|resultados esperados",
        Role.NON_GOAL: (
            "fuera de scope|fuera del scope|fuera de scope…|…fuera del mvp…|…qué no entra…|…fuera de alcance…|…fuera del alcance…|no objetivos|…no objetivos…|exclusiones|exclusiones…|excluido…|"
            "…no incluido…|…no incluye…|qué no…|lo que no…|…descartado…|…aplazado…|no haremos…|no deseado|no deseados|"
            "no querido|no se hará|no se hace|no hacer|fuera de límites"
        ),
        Role.LATER: "más adelante|futuro|mejoras futuras|trabajo futuro|fase 2|opcional|opcionales|ideas|deseable|deseables",
        Role.QUESTION: "puntos abiertos|puntos abiertos…|temas abiertos|temas abiertos…|puntos pendientes…|preguntas abiertas…|preguntas pendientes|preguntas|por definir|por aclarar|por decidir|pendiente de decidir|dudas|cuestiones abiertas",
        Role.CONSTRAINT: "supuestos y restricciones|suposiciones y restricciones|supuestos y limitaciones|entorno operativo|entorno de operación|restricciones|restricciones…|limitaciones|tecnologías|entorno técnico|plataforma",
        Role.QUALITY: "no funcionales|no funcional|requisitos no funcionales|requisitos no funcionales…|requerimientos no funcionales|rendimiento|seguridad|"
        "fiabilidad|accesibilidad|calidad|atributos de calidad|disponibilidad",
        Role.DECISION: "decisión|decisiones",
        Role.CONSEQUENCES: "consecuencias",
        Role.SUMMARY: "resumen|visión general|visión|descripción|descripción general|introducción|propósito",
        Role.PLAN: "próximos pasos|siguientes pasos|fases|cronograma|hitos|hoja de ruta|planificación|plan de trabajo",
        Role.USERS: (
            "clases y características de usuarios|clases de usuarios|características de los usuarios|características de usuarios|definición de actores|actores y sus responsabilidades|descripción de stakeholders y usuarios|roles de usuario|roles de usuario…|actores y roles…|usuarios|público…|actores|actores principales|actores del sistema|roles|interesados|personas|participantes|asistentes|"
            "perfiles de usuario|perfiles de usuarios"
        ),
        Role.CONTEXT: (
            "posicionamiento|oportunidad de negocio|sentencia que define el problema|sentencia que define la posición del producto|perspectiva del producto|definición del problema|razones|motivos|modelo de negocio|contexto del negocio|estructura del proyecto|estructura de carpetas|estructura del repositorio|contexto|antecedentes|motivación|ejemplos|ejemplos…|anexo|anexos|riesgos|riesgos…|por qué…|supuestos|"
            "suposiciones|dependencias|problema|situación actual|notas|"
            "instalación|instalación…|…riesgos|justificación|justificación…|fundamento|fundamentos"
        ),
        Role.RESEARCH: "estudio de mercado|análisis de mercado|análisis de la competencia|resultados de la encuesta",
        Role.ASIDE: "preguntas frecuentes|alternativas|alternativas…",
        Role.TEST: "plan de pruebas|pruebas|estrategia de pruebas|casos de prueba",
        Role.HISTORY: "control de versiones|historial|historial de cambios|historial de versiones|historial de revisiones|…ya implementado…|"
        "estado|control de cambios",
        Role.CONTENTS: "tabla de contenido|contenidos|índice de contenidos|índice|tabla de contenidos|contenido",
        Role.ABOUT: (
            "contratante|lista de participantes|acuerdos de equipo|acuerdos del equipo|reglas del equipo|normas del equipo|acuerdos de trabajo|licencia|autores|autor|agradecimientos|referencias|acerca de…|enlaces|bibliografía|contacto|"
            "…trazabilidad…|vinculación…|formato de documentación|estadísticas|presupuesto|plazo|responsables|responsables…|equipo del proyecto|estadísticas…"
        ),
        Role.GLOSSARY: "glosario|definiciones|términos|acrónimos|entidades clave",
    },
    ranked={
        Rank.MUST: "obligatorio|obligatorios|imprescindible|prioridad alta",
        Rank.SHOULD: "debería|importante|prioridad media",
        Rank.COULD: "podría|opcional|deseable|prioridad baja",
    },
    modifiers="los|las|el|la|funcionales|principales|del|de|y|sistema|producto|generales|usuario|clave",
    lacks=(
        r"lo que (?:\S+ ){0,6}?no (?:\S+ )?(?:hace|hará|hacen|incluye|ofrece|cubre|es|soporta|contiene|proporciona)\b.*"
    ),
    units={
        "epic": "épica",
        "story": "historia de usuario|historia|caso de uso",
        "requirement": "requisito|requerimiento|funcionalidad",
        "scenario": "escenario",
    },
    ranks={
        Rank.MUST: "obligatorio…|debe…|alta|alto|imprescindible|crítica|crítico",
        Rank.SHOULD: "deseado|debería…|media|medio|importante",
        Rank.COULD: "podría…|puede…|baja|bajo|opcional…|deseable|fase 2…|fase 3…",
        Rank.WONT: "cancelado|cancelada|eliminado|eliminada|retirado|excluido…|descartado…|no|fuera de alcance",
    },
    columns={
        Column.ID: "número|código|identificador",
        Column.TEXT: "detalle|detalles|requisito|requisitos|requerimiento|descripción|regla|criterio",
        Column.NAME: "funcionalidad|función|nombre|título|campo",
        Column.PRIORITY: "fase|prioridad|importancia",
        Column.REQUIRED: "obligatorio|obligatoria|requerido|requerida|necesario|imprescindible",
        Column.OPTIONAL: "opcional",
        Column.SCOPE: "en alcance|dentro del alcance|incluido",
        Column.ROLE: "como|rol|actor",
        Column.WANT: "quiero|necesito",
        Column.WHY: "para|para que|beneficio",
        Column.DEPENDS: "depende de|dependencias|requiere",
        Column.DONE: "estado|hecho",
        Column.ASIDE: "justificación|notas|comentario|comentarios|fuente|estimación|observaciones|observación",
        Column.RECORD: "versión|fecha|autor|cambio|cambios|término|significado|definición",
    },
    records="actor|actores|actor principal|periodo|período|profesor|estado|autor|fecha|versión|proyecto|cliente|participantes|asistentes|nota|rama|tipo|etapa|etapa…|fuente…|"
    "ingeniero…|responsable|responsable…|analista|elaborado por|aprobado por",
    must=(
        "debe|deben|deberá|deberán|tiene que|tienen que|hay que|obligatorio|obligatoria|prohibido|requerido|requerida|"
        "no puede|no pueden|no debe|no deben|nunca|siempre|no se permite|está prohibido|como máximo"
    ),
    weak="nunca|siempre|como máximo",
    should="debería|deberían|se recomienda|recomendado|preferiblemente|idealmente",
    may="podría|podrían",
    can="opcional|opcionalmente|puede|pueden|podrá|podrán|es posible",
    only="solo puede|solo pueden|sólo puede|sólo pueden|puede solo|solamente puede|únicamente puede",
    will="será|serán|permite|permitirá|permitir",
    rules="es inválido|son inválidos|es inválida|se ignora|se ignoran|no está permitido|se rechaza|se rechazan|por defecto|"
    "se muestra|se muestran|se elimina|se guarda|se envía|un error|devuelve",
    wishes="proponemos|propongo|quiero|queremos|quisiera|quisiéramos|me gustaría|nos gustaría|necesito|necesitamos|sería|deseo",
    nice="sería bueno|sería genial|sería bonito|tal vez|quizás|si es posible|algún día",
    conditions="si|cuando|al|después|antes|una vez|tras",
    opens_aside="el objetivo de este documento|el propósito de este documento|"
    "por ejemplo|ejemplo|ejemplos|nota|véase|ver|este documento|esta sección|actualmente|hoy|históricamente|"
    "en general|generalmente|la figura|nuestro equipo|creemos",
    doubts=(
        r"(?:yo |nosotros )?no (?:estoy|está|estamos) (?:muy |del todo |tan )?(?:segur\w+|convencid\w+|clar\w+)\b|"
        r"ni idea\b|(?:yo |nosotros )?no (?:sé|sabemos)(?!\w)|dud(?:o|amos)\b|ya veremos\b|(?:está )?por verse\b"
    ),
    past="era|eran|fue|fueron|había|habían|estaba|estaban|ha sido|han sido|ayer|anteriormente|hemos",
    first="yo|nosotros|nuestro|nuestra|nuestros|nos|mi|mis|me",
    stories=(r"como .{1,60}?,? (?:quiero|necesito|puedo|deseo|queremos|me gustaría|quisiera)\b",),
    given="dado|dada|dados|dado que",
    when="cuando|si",
    then="entonces",
    more="y|pero|o",
    out=(
        "fuera de alcance|fuera del alcance|no forma parte|no forman parte|queda excluido|quedan excluidos|"
        "no se contempla|no se contemplan|no se implementará|no se implementarán|no previsto|no prevista|"
        "no es necesario por ahora|"
        "no vamos a construir|no vamos a hacer|no haremos|no construiremos|no ofreceremos|"
        "no soportaremos"
    ),
    leaves="no incluye|no incluirá|se excluyen|se excluye|quedan fuera|queda fuera|no haremos",
    unneeded=r"no (?:es|son) (?:necesari|requerid)[oa]s?$|^no se (?:requieren?|necesitan?) (?:\S+ ?){1,8}$",
    meta=(
        r"(?:(?:cada|todos los|los|estos) )?(?:siguientes )?(?:requisito|requerimiento)s?(?: de este documento)? (?:es|son|está|están|tiene|"
        r"tienen|debe|deben|incluye|incluyen|que describen?)\b.*\b(?:identificador|código|únicos?|verificables?|comprobables?|medibles?|"
        r"prioridad|priorizados?|clasificados?|numerados?|breve descripción|redactados?|agrupados?|propiedades globales)\b.*"
    ),
    noes="sin|no",
    yet="por ahora|por el momento|inicialmente|en la primera versión|en v1|en esta versión|de momento",
    depends="depende de|depende del|depende de:|requiere|dependencias:",
    serves="implementa|cubre|afecta|satisface|requisitos|requisito|requisitos cubiertos",
    everywhere="navegador|navegadores|segundos|milisegundos|disponibilidad|licencia|biblioteca|dependencia|accesible|rápido|"
    "sencillo|servidor|versión|código|móvil|plataforma|rgpd",
    clauses="que|quien|cuyo|donde|si|cuando|pero|y|o|porque|para|ya|sin|con|salvo|después|antes|mientras|aunque",
    points="siguiente diagrama|siguiente figura|diagrama siguiente|figura siguiente",
    reasons="porque|para que|ya que|puesto|a fin",
    stop="el|la|los|las|un|una|unos|unas|de|del|y|o|a|al|es|son|en|por|para|que|con|no|se|su|sus|debe|deben|puede|pueden|"
    "sistema|usuario|usuarios|aplicación|permitir|permite|lo",
    nothing="ninguno|ninguna|nada|no|sí",
    unfilled="no aplica|por definir|por completar|a definir|pendiente de definir",
)
