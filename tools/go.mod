// The developer tools' own module: what they need never reaches the program.
module penstock/tools

go 1.26.0
