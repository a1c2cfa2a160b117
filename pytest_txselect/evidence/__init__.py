"""What ran: which code, files and child processes each test used while it was watched."""
