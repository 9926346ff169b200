"""Categories, products, tags and reviews."""
