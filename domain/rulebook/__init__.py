"""Rules and routes as dated data with their law attached."""
