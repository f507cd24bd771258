"""The words that the outline mapper knows, language by language, as data; `lexicon` looks them up."""
