"""Who is who: people, posts and units as dated facts."""
