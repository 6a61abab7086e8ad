// AtlasClient
