"""What many machines share, in one PostgreSQL: the journal, who holds which story, notes, the queue."""
