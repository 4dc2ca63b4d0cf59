// gitlab-ci-local is made for Node 22; this is all that it finds missing in Node 20.
Set.prototype.union ??= function union(other) {
  return new Set([...this, ...other.keys()])
}
