"""The files of cytometers and of the programs in which gates are drawn, each as a record."""
