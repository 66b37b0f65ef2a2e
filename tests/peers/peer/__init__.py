"""The Python peer: an agent who listens through aiocometd."""
