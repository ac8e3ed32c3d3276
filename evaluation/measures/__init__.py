"""One small file a measure family. Each takes what was asked and what came back, and gives plain numbers."""
