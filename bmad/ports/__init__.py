"""What the use cases ask of the outside world, as protocols owned by the asker.

The wiring hands in what fulfils them: files and formats from `store`, git from `git`, agents, the clock.
"""
