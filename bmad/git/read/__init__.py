"""What reads: for the gate, the trace, reports. It follows nothing that a clone brings but its objects."""
