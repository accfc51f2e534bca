"""Speed and memory beside other frameworks, measured side by side in one run."""
