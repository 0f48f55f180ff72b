using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

internal delegate Step ReconcileTable(bool desired, LedgerEntry entry, int revision, NormalizerVersion normalizer);

/// <summary>The handling of a refusal: <see cref="Refusals"/>, or a mistake that the random sequences must detect.</summary>
internal sealed record RefusalRules(
    Func<LedgerEntry, LedgerEntry, LedgerEntry> OfAdd,
    Func<LedgerEntry, LedgerEntry> OfRemoval,
    Func<LedgerEntry, (LedgerEntry Row, LedgerEntry? Residual)> OfReplacement
)
{
    public static readonly RefusalRules Ours = new(Refusals.OfAdd, Refusals.OfRemoval, former => Refusals.OfReplacement(former, null));
}

/// <summary>The possible faults around one call.</summary>
internal enum Fault
{
    None,
    CrashAfterIntent,
    LostBeforeThePlatform,
    LostAfterThePlatform,
    RefusedByName,
}

/// <summary>
/// One member at one remote audience, driven by a table: intent into the ledger, the call, its outcome into the ledger. A fault ends the
/// step where it occurs; the ledger keeps what was written by then, as it would across a crash.
/// </summary>
internal sealed class SyncModel(ReconcileTable table, RefusalRules refusals)
{
    private readonly HashSet<Digest> _intended = [];
    private readonly List<LedgerEntry> _residual = [];
    private LedgerEntry _entry = LedgerEntry.Absent;

    public bool Desired { get; set; }

    public int Revision { get; set; } = 1;

    public short Normalizer { get; set; } = 1;

    public SetPlatform Platform { get; } = new();

    /// <summary>Whether a removal ever named a member who was never intended to be added (design section 6, rule 6).</summary>
    public bool RemovedUnintendedMember { get; private set; }

    private Digest Current => new(Revision, new NormalizerVersion(Normalizer));

    /// <summary>No identifier of this revision is usable: it is never sent.</summary>
    private bool Unusable => Revision % 7 == 0;

    /// <summary>An operator requests that everything refused is sent again; residual deliveries are retried.</summary>
    public void Resync()
    {
        if (_entry.Status is LedgerStatus.Rejected or LedgerStatus.Invalid)
        {
            _entry = _entry with { Status = LedgerStatus.Absent };
        }

        foreach (var former in _residual.Where(former => !Refusals.MayBeThere(_entry) || DigestOf(former) != DigestOf(_entry)))
        {
            RemovedUnintendedMember |= !_intended.Contains(DigestOf(former));
            Platform.Remove(DigestOf(former));
        }

        _residual.Clear();
    }

    /// <summary>
    /// The member is desired but the platform refuses the current digest: each run sends it again until the member changes.
    /// </summary>
    public bool WaitsForAChange => Desired && SetPlatform.Refuses(Current);

    /// <summary>What the platform should hold when nothing is left to do.</summary>
    public IEnumerable<Digest> Expected => Desired && !Unusable && !SetPlatform.Refuses(Current) ? [Current] : [];

    /// <summary>Carries out one step. Returns whether there was anything to do.</summary>
    public bool Run(Func<Fault> fault)
    {
        var step = table(Desired, _entry, Revision, new NormalizerVersion(Normalizer));
        var proceed = step is Step.Remove or Step.Replace ? Remove(fault(), step == Step.Replace) : step is Step.Add;
        if (proceed && step is Step.Add or Step.Replace)
        {
            Add(fault());
        }

        return step != Step.Nothing;
    }

    private static Digest DigestOf(LedgerEntry entry) => new(entry.Revision, entry.Normalizer);

    private bool Remove(Fault fault, bool replaced)
    {
        var delivered = DigestOf(_entry);
        RemovedUnintendedMember |= !_intended.Contains(delivered);
        _entry = _entry with { Status = LedgerStatus.Removing };
        if (fault == Fault.RefusedByName)
        {
            return Refuse(replaced);
        }

        if (!Call(fault, () => Platform.Remove(delivered)))
        {
            return false;
        }

        _entry = LedgerEntry.Absent;
        return true;
    }

    // Returns whether the new delivery is sent.
    private bool Refuse(bool replaced)
    {
        if (!replaced)
        {
            _entry = refusals.OfRemoval(_entry);
            return false;
        }

        (_entry, var residual) = refusals.OfReplacement(_entry);
        _residual.AddRange(residual is { } left ? [left] : []);
        return !Refusals.MayBeThere(_entry);
    }

    private void Add(Fault fault)
    {
        var (before, sent) = (_entry, Current);
        if (Unusable)
        {
            _entry = new LedgerEntry(LedgerStatus.Invalid, sent.Revision, sent.Normalizer);
            return;
        }

        _intended.Add(sent);
        _entry = new LedgerEntry(LedgerStatus.Adding, sent.Revision, sent.Normalizer);
        if (fault == Fault.RefusedByName || (fault == Fault.None && SetPlatform.Refuses(sent)))
        {
            _entry = refusals.OfAdd(before, _entry);
        }
        else if (Call(fault, () => Platform.Add(sent)))
        {
            _entry = _entry with { Status = LedgerStatus.Delivered };
        }
    }

    /// <summary>Returns whether the platform's answer reached the ledger.</summary>
    private static bool Call(Fault fault, Action call)
    {
        if (fault is Fault.None or Fault.LostAfterThePlatform)
        {
            call();
        }

        return fault == Fault.None;
    }
}
