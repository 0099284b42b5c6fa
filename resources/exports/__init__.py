"""What one delimited text file says, proved byte by byte: its encoding, its header, its rows, its dates."""
