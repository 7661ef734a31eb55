"""The pages: each view parses, asks the core and renders. `page` is what they share."""
