namespace AudienceSync.Host.Sync.Lanes;

/// <summary>
/// How many members the next call of a lane may have.
/// <para>
/// <b>Halving.</b> A call that a platform refuses as a whole is too large, or one row causes the refusal. The next call has half of its
/// members; if that is accepted, the bad row is in the other half, so that is halved, and so on: the bad row is alone after as many calls
/// as the batch can be halved, is refused by name, and the lane goes on with full calls. If there was no bad row, calls were too large, and
/// they grow again by doubling.
/// </para>
/// Not safe for concurrent use; lost with the process, which then has to repeat the halving.
/// </summary>
public sealed class BatchSizes(int largest)
{
    private readonly Dictionary<(int BindingId, bool Adds), (int Size, int Suspects)> _lanes = [];
    private readonly Dictionary<(int BindingId, bool Adds), int> _refusals = [];

    public int Of(int bindingId, bool adds) => _lanes.TryGetValue((bindingId, adds), out var lane) ? lane.Size : largest;

    /// <summary>Consecutive calls that were refused as a whole, since one was accepted or the count was reset.</summary>
    public int RefusalsOf(int bindingId, bool adds) => _refusals.GetValueOrDefault((bindingId, adds));

    /// <summary>Resets the count: the lane rests until an operator resumes it.</summary>
    public void Forget(int bindingId, bool adds) => _refusals.Remove((bindingId, adds));

    /// <summary>A call with so many members was refused as a whole.</summary>
    public void Refused(int bindingId, bool adds, int members)
    {
        _refusals[(bindingId, adds)] = RefusalsOf(bindingId, adds) + 1;
        if (members > 1)
        {
            _lanes[(bindingId, adds)] = (members / 2, members);
        }
        else
        {
            // The bad row is found.
            _lanes.Remove((bindingId, adds));
        }
    }

    /// <summary>A call with so many members was accepted.</summary>
    public void Taken(int bindingId, bool adds, int members)
    {
        _refusals.Remove((bindingId, adds));
        if (!_lanes.TryGetValue((bindingId, adds), out var lane))
        {
            return;
        }

        var suspects = lane.Suspects - members;
        var size = suspects > 0 ? Math.Max(1, suspects / 2) : lane.Size * 2;
        if (size >= largest)
        {
            _lanes.Remove((bindingId, adds));
        }
        else
        {
            _lanes[(bindingId, adds)] = (size, Math.Max(0, suspects));
        }
    }
}
