"""How the service is set up and run: the local stack, the demo, later images and charts."""
