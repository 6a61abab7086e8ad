// Generate
