# How people get in
