"""What can be done with certificate files that are at hand, without any bank: the jobs of `changgu certs`."""
