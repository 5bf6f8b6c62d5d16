"""Every page in every look, measured as it is drawn: names, sizes, contrast, words cut or missing, order of focus."""
