"""Pure rules that more than one kind follows."""
