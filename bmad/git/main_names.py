"""What main branches are called where a clone does not know its remote's (`git remote set-head origin --auto`)."""

MAIN_NAMES = ("main", "master", "trunk", "develop")
