"""Check, judge and grade what students write in the chapters of this course."""
