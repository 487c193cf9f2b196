"""Stage 3: may a cookie be set, may it be returned? A policy knows no store, file or client."""
