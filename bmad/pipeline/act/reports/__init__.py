"""What a person is told of the stories that bmad act carries."""
