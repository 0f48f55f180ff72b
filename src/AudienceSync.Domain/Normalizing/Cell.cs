namespace AudienceSync.Domain.Normalizing;

/// <summary>The result of one cell: the number of characters written, or why there are none.</summary>
/// <param name="Length">Characters (or bytes, all of them ASCII, where bytes are written); 0 exactly when there is a reason.</param>
/// <param name="Reason">Why it is empty.</param>
/// <param name="IsDigest">The sender hashed it already: it is passed through, not hashed again.</param>
public readonly record struct Cell(int Length, CellReason Reason, bool IsDigest = false)
{
    public bool IsEmpty => Length == 0;

    public static Cell Empty(CellReason reason) => new(0, reason);

    public static Cell Of(int length) => length == 0 ? new(0, CellReason.NothingLeft) : new(length, CellReason.None);
}

/// <summary>The form in which a platform expects a cell.</summary>
public enum CellForm
{
    /// <summary>SHA-256 of the normal form's UTF-8 bytes, 64 lower-case hex digits.</summary>
    Hashed = 0,

    /// <summary>The normal form itself.</summary>
    Plain = 1,
}
