"""Charts as SVG: where their lines and marks lie. Colours and words are the templates'."""
