"""The repair engine: values in, values out; it starts no process and opens no socket."""
