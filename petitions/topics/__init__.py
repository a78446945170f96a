"""What the office's own history proposes for a new case: topic, organ and severity. Never applied by itself."""
