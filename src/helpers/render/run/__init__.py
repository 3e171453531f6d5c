"""What has changed, and the chapters and reports made anew."""
