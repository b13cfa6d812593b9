"""The process that alone holds the App's key, and what others may ask of it."""
