"""The models of the course, and what training and scoring them takes."""
