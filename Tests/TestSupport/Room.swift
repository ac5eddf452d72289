// Grows with the ports.
