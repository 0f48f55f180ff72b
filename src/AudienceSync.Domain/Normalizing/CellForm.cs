namespace AudienceSync.Domain.Normalizing;

/// <summary>The form in which a platform expects a cell.</summary>
public enum CellForm
{
    /// <summary>SHA-256 of the normal form's UTF-8 bytes, 64 lower-case hex digits.</summary>
    Hashed = 0,

    /// <summary>The normal form itself.</summary>
    Plain = 1,
}
