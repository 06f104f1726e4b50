"""What is measured: Folkmoot and its peers, each as something to start, to follow and to write to."""
