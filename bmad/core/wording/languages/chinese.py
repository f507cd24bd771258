"""Chinese, in simplified characters and the commonest traditional ones."""

from bmad.core.wording.language import Language

CHINESE = Language(
    code="zh",
    common="",
    unfinished="TBD, 待定, 待确定, 待确认, 待補充, 待补充, 尚未确定, 另行规定",
    vague="""
        用户友好, 友好的, 易于使用, 易用, 简单易用, 直观, 合适的, 适当的, 适当地,
        適當的, 恰当的, 合理的, 足够的, 充分的, 灵活, 健壮, 鲁棒, 现代化的, 美观,
        优雅, 无缝, 良好的, 较好的, 各种, 若干, 大多数, 和/或, 及/或, 与/或,
        和／或, 先进的
    """,
    escape="""
        尽可能, 尽量, 如果可能, 如有可能, 若有可能, 必要时, 如有必要, 如有需要,
        视情况, 酌情, 视需要, 根据需要, 最好能, 理想情况下, 盡可能, 盡量
    """,
    open_ended="""
        等等, 等格式, 等方式, 等功能, 等信息, 等内容, 等操作, 诸如此类,
        包括但不限于, 及其他, 以及其他, 之类的
    """,
    quick="""
        快速, 迅速, 高效, 及时, 尽快, 高性能, 低延迟, 高可用, 可扩展, 大量,
        流畅, 轻量, 响应快
    """,
    modals="必须, 应当, 应该, 必須, 應當, 應該, 不得, 禁止",
    joins="并且, 而且, 同时, 並且, ；",
    relative="",
    pronouns="它, 它们, 他们, 它們",
    negations="不得, 禁止, 不应, 不應, 不能, 不允许",
    least="至少, 不少于, 不低于, 不小于, 以上, 超过",
    most="""
        最多, 至多, 不超过, 不多于, 不大于, 不高于, 以内, 之内, 以下, 小于, 低于
    """,
    units="""
        毫秒=ms, 秒=s, 分钟=min, 小时=h, 天=d, 周=wk, 字节=B, 像素=px, 字符=chars, 次=times,
        条=items, 行=lines, 个文件=files,
        人=users
    """,
    benefit="以便, 从而",
    spaced=False,
)
