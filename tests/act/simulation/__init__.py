"""`bmad act` under one seeded hand: who goes on, what time it is, and what fails are all drawn from one number."""
