using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

internal delegate Step ReconcileTable(bool desired, LedgerEntry entry, int revision, NormalizerVersion normalizer);

/// <summary>What is made of a refusal: <see cref="Refusals"/>, or a mistake that the stories must find.</summary>
internal sealed record RefusalRules(
    Func<LedgerEntry, LedgerEntry, LedgerEntry> OfAdd, Func<LedgerEntry, LedgerEntry> OfRemoval, Func<LedgerEntry, (LedgerEntry Row, LedgerEntry? Residual)> OfReplacement)
{
    public static readonly RefusalRules Ours = new(Refusals.OfAdd, Refusals.OfRemoval, former => Refusals.OfReplacement(former, null));
}

/// <summary>What may go wrong around one call.</summary>
internal enum Fault
{
    None,
    CrashAfterIntent,
    LostBeforeThePlatform,
    LostAfterThePlatform,
    RefusedByName,
}

/// <summary>
/// One member at one remote audience, driven by a table: intent into the ledger, the call, its outcome into the ledger. A fault ends the step
/// where it strikes; the ledger keeps what was written by then, as it would across a crash.
/// </summary>
internal sealed class SyncModel(ReconcileTable table, RefusalRules refusals)
{
    private readonly HashSet<Digest> _intended = [];
    private readonly List<LedgerEntry> _remains = [];
    private LedgerEntry _entry = LedgerEntry.Absent;

    public bool Desired { get; set; }

    public int Revision { get; set; } = 1;

    public short Normalizer { get; set; } = 1;

    public SetPlatform Platform { get; } = new();

    /// <summary>Whether a removal ever named somebody whom we never meant to add (design section 6, rule 6).</summary>
    public bool RemovedAStranger { get; private set; }

    private Digest Current => new(Revision, new NormalizerVersion(Normalizer));

    /// <summary>No identifier of this revision is usable: it is never sent.</summary>
    private bool Unusable => Revision % 7 == 0;

    /// <summary>A human has all said once more that was refused, and what remains of former sayings is tried again.</summary>
    public void Ask()
    {
        if (_entry.Status is LedgerStatus.Rejected or LedgerStatus.Invalid)
        {
            _entry = _entry with { Status = LedgerStatus.Absent };
        }

        foreach (var former in _remains.Where(former => !Refusals.MayBeThere(_entry) || DigestOf(former) != DigestOf(_entry)))
        {
            RemovedAStranger |= !_intended.Contains(DigestOf(former));
            Platform.Remove(DigestOf(former));
        }

        _remains.Clear();
    }

    /// <summary>He is wanted and the platform refuses him as he is: whoever looks says him once more, and nobody looks until he changes.</summary>
    public bool WaitsForAChange => Desired && SetPlatform.Refuses(Current);

    /// <summary>What the platform should hold when nothing is left to do.</summary>
    public IEnumerable<Digest> Wanted => Desired && !Unusable && !SetPlatform.Refuses(Current) ? [Current] : [];

    /// <summary>Carries out one step. Answers whether there was anything to do.</summary>
    public bool Run(Func<Fault> fault)
    {
        var step = table(Desired, _entry, Revision, new NormalizerVersion(Normalizer));
        var going = step is Step.Remove or Step.Replace ? Remove(fault(), step == Step.Replace) : step is Step.Add;
        if (going && step is Step.Add or Step.Replace)
        {
            Add(fault());
        }

        return step != Step.Nothing;
    }

    private static Digest DigestOf(LedgerEntry entry) => new(entry.Revision, entry.Normalizer);

    private bool Remove(Fault fault, bool replaced)
    {
        var delivered = DigestOf(_entry);
        RemovedAStranger |= !_intended.Contains(delivered);
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

    // Answers whether the new saying is said.
    private bool Refuse(bool replaced)
    {
        if (!replaced)
        {
            _entry = refusals.OfRemoval(_entry);
            return false;
        }

        (_entry, var residual) = refusals.OfReplacement(_entry);
        _remains.AddRange(residual is { } left ? [left] : []);
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

    /// <summary>Answers whether the platform's answer reached the ledger.</summary>
    private static bool Call(Fault fault, Action call)
    {
        if (fault is Fault.None or Fault.LostAfterThePlatform)
        {
            call();
        }

        return fault == Fault.None;
    }
}
