"""From a mapper's draft to the documents: what keeps its id, what changes, what a person's hand protects."""
