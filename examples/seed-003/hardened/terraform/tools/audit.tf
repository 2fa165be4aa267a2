# Where the trails of all accounts of robot are kept, locked
