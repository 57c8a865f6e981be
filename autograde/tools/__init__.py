"""For maintainers: benchmarks, screenshots and the browser that takes them."""
