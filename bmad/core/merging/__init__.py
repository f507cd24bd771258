"""Three-way merge of the documents of a specification and of an intent, by what stands in them, not by lines."""
