"""Pure functions over plain values: graph, rules, fingerprints, mapper, trailers, gate, trace."""
