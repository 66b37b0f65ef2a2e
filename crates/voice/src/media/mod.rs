//! Media: streams, rooms, tones, prompts.
