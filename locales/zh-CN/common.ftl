brand = 通办
