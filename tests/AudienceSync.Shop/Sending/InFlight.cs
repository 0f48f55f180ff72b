namespace AudienceSync.Shop.Sending;

/// <summary>
/// About which customers requests are under way. The answer to a question about a customer can be compared with what was acknowledged
/// only if no request about that customer began or ended in the meantime.
/// </summary>
internal sealed class InFlight
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (int Open, int Version)> _customers = [];

    /// <summary>A request about these customers, until it is disposed.</summary>
    public IDisposable Enter(IEnumerable<int> customers)
    {
        int[] all = [.. customers.Distinct()];
        Change(all, by: 1);
        return new Request(this, all);
    }

    /// <summary>A number that changes with every request about the customer; null while one is under way.</summary>
    public int? QuietVersion(int customer)
    {
        lock (_gate)
        {
            var (open, version) = _customers.GetValueOrDefault(customer);
            return open == 0 ? version : null;
        }
    }

    private void Change(int[] customers, int by)
    {
        lock (_gate)
        {
            foreach (var customer in customers)
            {
                var (open, version) = _customers.GetValueOrDefault(customer);
                _customers[customer] = (open + by, version + 1);
            }
        }
    }

    private sealed class Request(InFlight owner, int[] customers) : IDisposable
    {
        public void Dispose() => owner.Change(customers, by: -1);
    }
}
