namespace AudienceSync.Domain.Syncing;

/// <summary>Why a residual delivery exists. The numbers are stored; never renumber.</summary>
public enum ResidualKind : short
{
    /// <summary>Its removal was refused while another delivery took its row (<see cref="Refusals"/>).</summary>
    Refused = 1,

    /// <summary>An add whose response was lost may be carried out late (<see cref="InDoubtCalls"/>).</summary>
    LateAdd = 2,

    /// <summary>A removal whose response was lost may be carried out late.</summary>
    LateRemoval = 3,
}
