//! The headings and labels of the terminal, in English, Spanish and Portuguese.

pub mod messages;
pub mod predictions;

use crate::grid::short;
use crate::output::Output;

pub use rumbo_base::Language;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $english:literal, $spanish:literal, $portuguese:literal;)+) => {
        /// A heading or label.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word { $($(#[$doc])* $name,)+ }

        impl Word {
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The text in a language.
            pub fn text(self, language: Language) -> &'static str {
                let texts: (&str, &str, &str) = match self {
                    $(Self::$name => ($english, $spanish, $portuguese),)+
                };
                match language {
                    Language::English => texts.0,
                    Language::Spanish => texts.1,
                    Language::Portuguese => texts.2,
                }
            }
        }
    };
}

words! {
    ActionType: "Action type", "Tipo de acción", "Tipo de ação";
    AdDays: "ad-days", "días de anuncio", "dias de anúncio";
    Ads: "Ads", "Anuncios", "Anúncios";
    AllRows: "all rows", "todas las filas", "todas as linhas";
    Counts: "Counted", "Se cuenta", "Conta";
    CountsTwice: "Counted twice in one entry", "Contado dos veces en una entrada", "Contado duas vezes em uma entrada";
    GapBasis: "Sales dated by their lead", "Ventas con la fecha de su lead", "Vendas com a data do lead";
    GapCurrency: "Sales in another currency than the ad account's", "Ventas en otra moneda que la de la cuenta", "Vendas em moeda diferente da conta de anúncios";
    GapForms: "Forms that Meta counted and that did not arrive", "Formularios que Meta contó y no llegaron", "Formulários que a Meta contou e não chegaram";
    GapKnown: "Forms of people already known", "Formularios de personas ya conocidas", "Formulários de pessoas já conhecidas";
    GapMessages: "Came by a message, which Meta counts as a conversation", "Llegaron por mensaje, que Meta cuenta como conversación", "Chegaram por mensagem, que a Meta conta como conversa";
    GapModel: "Another model than the last touch", "Otro modelo que el último toque", "Outro modelo que o último toque";
    GapOnlyMeta: "Claimed where the CRM has none", "Meta las reclama y el CRM no tiene ninguna", "A Meta reivindica e o CRM não tem nenhuma";
    GapRefunds: "Refunds", "Devoluciones", "Devoluções";
    GapRest: "Not explained", "Sin explicar", "Sem explicação";
    GapViews: "Claimed after a view alone", "Reclamadas solo por una visualización", "Reivindicadas só por uma visualização";
    GapWindow: "Outside of Meta's attribution window", "Fuera de la ventana de atribución de Meta", "Fora da janela de atribuição da Meta";
    GapWithoutClaim: "In the CRM where Meta claims none", "En el CRM y Meta no reclama ninguna", "No CRM onde a Meta não reivindica nenhuma";
    MetaClaimsNone: "Meta: 0", "Meta: 0", "Meta: 0";
    MetaCredits: "Meta credits by", "Meta atribuye por", "A Meta atribui por";
    NotCounted: "not counted", "sin contar", "não contado";
    Overlaps: "Overlap it", "Se superponen", "Sobrepõem-se";
    SameEvents: "Also counted in", "También contado en", "Também contado em";
    SumOfTypes: "All its types added up would be", "La suma de todos sus tipos sería", "A soma de todos os seus tipos seria";
    Told: "Told by Meta", "Según Meta", "Segundo a Meta";
    Account: "Account", "Cuenta", "Conta";
    Ad: "Ad", "Anuncio", "Anúncio";
    AdAccounts: "Ad accounts", "Cuentas publicitarias", "Contas de anúncios";
    Acquired: "Acquired", "Captados", "Adquiridos";
    Age: "Age", "Edad", "Idade";
    AdSet: "Ad set", "Conjunto de anuncios", "Conjunto de anúncios";
    Added: "Added", "Agregadas", "Adicionadas";
    Amount: "Amount", "Importe", "Valor";
    Answered: "answered", "respondida el", "respondida em";
    Answer: "Result", "Resultado", "Resultado";
    Archived: "archived", "archivado", "arquivado";
    Alive: "Still a customer", "Sigue siendo cliente", "Ainda é cliente";
    Attribution: "Attribution", "Atribución", "Atribuição";
    AsOf: "As of", "Datos de", "Dados de";
    ByHand: "by hand", "a mano", "à mão";
    Before: "Before", "Antes", "Antes";
    BeforeNotConverted: "Period before not converted from", "Período anterior sin convertir de", "Período anterior não convertido de";
    Average: "average", "promedio", "média";
    Backtest: "Checked on the past", "Comprobado con el pasado", "Conferido com o passado";
    Bought: "Purchases", "Compras", "Compras";
    BracketsImmature: "In brackets: not over yet for everybody, and in no average.", "Entre paréntesis: aún no terminó para todos, y no entra en ningún promedio.", "Entre parênteses: ainda não terminou para todos, e não entra em nenhuma média.";
    CanBeMended: "Can be mended", "Se puede arreglar", "Pode ser corrigido";
    Contribution: "Moved it by", "Lo movió", "Moveu em";
    MixOfWeights: "Mix effect", "Efecto mezcla", "Efeito mix";
    OwnRate: "Rate effect", "Efecto tasa", "Efeito taxa";
    Calls: "Calls", "Llamadas", "Chamadas";
    Campaign: "Campaign", "Campaña", "Campanha";
    CampaignsTotal: "Sum of campaigns", "Suma de las campañas", "Soma das campanhas";
    Cells: "Cells", "Celdas", "Células";
    CellsCompared: "Cells compared", "Celdas comparadas", "Células comparadas";
    CellsDifferent: "Different", "Distintas", "Diferentes";
    CellsEqual: "Equal", "Iguales", "Iguais";
    Change: "Change", "Cambio", "Variação";
    Changed: "Changed", "Cambiadas", "Alteradas";
    ChannelAgency: "Agency", "Agencia", "Agência";
    ChannelEmail: "E-mail", "Correo electrónico", "E-mail";
    ChannelFee: "Fees", "Comisiones", "Taxas";
    ChannelOrganic: "Organic", "Orgánico", "Orgânico";
    ChannelOther: "Other", "Otros", "Outros";
    ChannelReferral: "Referral", "Referidos", "Indicações";
    ChannelWeb: "Website", "Sitio web", "Site";
    MarketingChannel: "Channel", "Canal", "Canal";
    Channel: "Campaign or source", "Campaña u origen", "Campanha ou origem";
    Channels: "campaigns and sources", "campañas y orígenes", "campanhas e origens";
    Check: "Check", "Control", "Verificação";
    Closing: "Expected close", "Cierre previsto", "Fechamento previsto";
    Connection: "Connection", "Conexión", "Conexão";
    ContactsUnsold: "contacts without a sale", "contactos sin venta", "contatos sem venda";
    Converted: "Converted", "Convertido", "Convertido";
    Contact: "Contact", "Contacto", "Contato";
    ContactsAdded: "Contacts added", "Contactos agregados", "Contatos adicionados";
    Country: "Country", "País", "País";
    CostPerResult: "Cost per result", "Costo por resultado", "Custo por resultado";
    Creative: "Creative", "Creatividad", "Criativo";
    Currencies: "Currencies", "Monedas", "Moedas";
    Currency: "Currency", "Moneda", "Moeda";
    Covered: "Days a sync has read", "De días ya sincronizados", "De dias já sincronizados";
    Customers: "Customers", "Clientes", "Clientes";
    Current: "in use", "en uso", "em uso";
    Data: "Data", "Datos", "Dados";
    DataFolder: "Data folder", "Carpeta de datos", "Pasta de dados";
    Date: "Date", "Fecha", "Data";
    Days: "Days", "Días", "Dias";
    DaysStillMove: "days may have moved since: ask again", "los días pueden haber cambiado desde entonces: pregunte de nuevo", "os dias podem ter mudado desde então: pergunte de novo";
    DaysNotRead: "days not read", "días sin leer", "dias não lidos";
    Device: "Device", "Dispositivo", "Dispositivo";
    DryRun: "Dry run: nothing was changed.", "Simulación: no se cambió nada.", "Simulação: nada foi alterado.";
    Duplicates: "Twice in the file", "Repetidas en el archivo", "Repetidas no arquivo";
    Ecb: "ECB", "BCE", "BCE";
    Email: "E-mail", "Correo", "E-mail";
    Errors: "Errors", "Errores", "Erros";
    Expires: "Expires", "Vence", "Expira";
    ExpectedPurchases: "Expected purchases", "Compras esperadas", "Compras esperadas";
    Figure: "Figure", "Indicador", "Indicador";
    File: "File", "Archivo", "Arquivo";
    FirstSeen: "First seen", "Primer contacto", "Primeiro contato";
    Frequency: "Frequency", "Frecuencia", "Frequência";
    Gender: "Gender", "Género", "Gênero";
    Id: "Id", "Id", "Id";
    KeptContact: "Kept contact", "Contacto conservado", "Contato mantido";
    Kept: "Kept", "Elegida", "Escolhida";
    Language: "Language", "Idioma", "Idioma";
    LandingPageViews: "Landing page views", "Visitas a la página de destino", "Visualizações da página de destino";
    LastSync: "Last sync", "Última sincronización", "Última sincronização";
    LearnedFrom: "Learned from", "Aprendido de", "Aprendido de";
    LearnsFromTooLittle: "Data-driven: too little to learn from", "Basado en datos: muy poco de qué aprender", "Baseado em dados: muito pouco para aprender";
    LeftOut: "not broken down", "sin desglosar", "não detalhado";
    LifetimeValue: "Lifetime value", "Valor de vida", "Valor vitalício";
    Line: "Line", "Línea", "Linha";
    MergedContact: "Merged contact", "Contacto combinado", "Contato mesclado";
    MessagingStarted: "Conversations started", "Conversaciones iniciadas", "Conversas iniciadas";
    MetaTotal: "Spent in all, by Meta", "Gastado en total, según Meta", "Gasto total, segundo a Meta";
    MixedDays: "Days of several time zones", "Días de varias zonas horarias", "Dias de vários fusos horários";
    Missing: "Missing permissions", "Permisos que faltan", "Permissões ausentes";
    Month: "Month", "Mes", "Mês";
    More: "More rows: pass --cursor", "Más filas: use --cursor", "Mais linhas: use --cursor";
    Name: "Name", "Nombre", "Nome";
    Needed: "of", "de", "de";
    Net: "Net", "Neto", "Líquido";
    Never: "never", "nunca", "nunca";
    No: "no", "no", "não";
    Note: "Note", "Nota", "Nota";
    NotAsked: "not asked yet: rumbo reach --ask --wait", "sin preguntar todavía: rumbo reach --ask --wait", "ainda não perguntado: rumbo reach --ask --wait";
    None: "Nothing here yet.", "Todavía no hay nada.", "Ainda não há nada.";
    NoAccount: "no account", "sin cuenta", "sem conta";
    NoAd: "no ad", "sin anuncio", "sem anúncio";
    NoAdSet: "no ad set", "sin conjunto de anuncios", "sem conjunto de anúncios";
    Difference: "Difference", "Diferencia", "Diferença";
    Disagreement: "Disagreement (0 to 1)", "Desacuerdo (0 a 1)", "Discordância (0 a 1)";
    RemovalEffect: "Removal effect", "Efecto de quitarla", "Efeito da retirada";
    SalesWithTouch: "sales with a touch", "ventas con toque", "vendas com toque";
    Share: "Share", "Parte", "Parte";
    WithinWindow: "Sales kept", "Ventas dentro", "Vendas dentro";
    WholePaths: "With all touches", "Con todos los toques", "Com todos os toques";
    BudgetNoEnd: "budget without an end", "presupuesto sin fin", "orçamento sem fim";
    BudgetOfCampaign: "budget of the campaign", "presupuesto de la campaña", "orçamento da campanha";
    BudgetPartly: "some without budget", "algunos sin presupuesto", "alguns sem orçamento";
    EightInTen: "8 in 10 end within", "8 de 10 terminan en", "8 de 10 terminam em";
    KnownUntil: "Known until", "Conocido hasta", "Conhecido até";
    MayLand: "may land on it", "puede cumplirlo", "pode cumprir";
    MonthBudget: "Month budget", "Presupuesto del mes", "Orçamento do mês";
    MonthEnd: "Month end", "Fin de mes", "Fim do mês";
    NeededPerDay: "Needed per day", "Por día para cumplir", "Por dia para cumprir";
    NoBudget: "no budget", "sin presupuesto", "sem orçamento";
    NotRunning: "not running", "no está activa", "não está ativa";
    NotSyncedLately: "sync first", "falta sincronizar", "falta sincronizar";
    OnTrack: "on track", "en línea", "no ritmo";
    OverBudget: "over", "se pasa", "acima";
    PacePercent: "Pace", "Ritmo", "Ritmo";
    PastMonthsInside: "Months before that ended within what would have been shown", "Meses anteriores que terminaron dentro de lo que se habría mostrado", "Meses anteriores que terminaram dentro do que teria sido mostrado";
    AgeInDays: "Age in days", "Antigüedad en días", "Idade em dias";
    Complete: "Complete, %", "Completo, %", "Completo, %";
    DaysSeen: "Days seen", "Días vistos", "Dias vistos";
    EightInTenDays: "8 in 10 days, %", "8 de 10 días, %", "8 de 10 dias, %";
    IntervalsHeld: "Of day-figures of the last settled weeks inside what would have been shown", "De las cifras diarias de las últimas semanas asentadas, dentro de lo que se habría mostrado", "Dos números diários das últimas semanas assentadas, dentro do que teria sido mostrado";
    IntervalsNotShown: "not enough of them: no interval is shown", "no alcanza: no se muestra el intervalo", "não basta: o intervalo não é mostrado";
    NotEnoughHistory: "not enough history yet", "aún no hay historial suficiente", "ainda não há histórico suficiente";
    SettledFrom: "settled from age", "asentado desde la edad", "assentado desde a idade";
    SpentSoFar: "Spent", "Gastado", "Gasto";
    PerDayNow: "A day now", "Por día ahora", "Por dia agora";
    PerDayThen: "A day then", "Por día después", "Por dia depois";
    ObservedPerDay: "Observed", "Observado", "Observado";
    StaysSo: "As now", "Como ahora", "Como agora";
    BecomesSo: "Then", "Después", "Depois";
    WeeksHeld: "Past weeks held", "Semanas acertadas", "Semanas acertadas";
    ForDays: "days", "días", "dias";
    MoreComesIn: "more comes in, probability", "entra más, probabilidad", "entra mais, probabilidade";
    SameCampaign: "Both are the same campaign: nothing changes.", "Ambas son la misma campaña: no cambia nada.", "Ambas são a mesma campanha: nada muda.";
    CurrenciesDiffer: "The ad accounts are in different currencies: money cannot move between them.", "Las cuentas publicitarias tienen monedas distintas: el dinero no puede pasar de una a otra.", "As contas de anúncios têm moedas diferentes: o dinheiro não pode passar de uma para outra.";
    NothingSaid: "Nothing is said of this change.", "No se dice nada de este cambio.", "Nada se diz desta mudança.";
    NothingWritten: "Only told: nothing is changed at Meta.", "Solo se informa: no se cambia nada en Meta.", "Só se informa: nada é alterado na Meta.";
    FewDaysSpent: "too few days with spend", "muy pocos días con gasto", "poucos dias com gasto";
    HardlyVaried: "its spend hardly varied", "su gasto casi no varió", "seu gasto quase não variou";
    FewOutcomes: "too few of them", "muy pocos resultados", "poucos resultados";
    MixedCurrencies: "sales in other currencies", "ventas en otras monedas", "vendas em outras moedas";
    Untried: "too few past weeks to try", "muy pocas semanas para probar", "poucas semanas para testar";
    MissedPast: "wrong too often in the past", "falló demasiado en el pasado", "errou demais no passado";
    LessThanObserved: "less than was observed", "menos de lo observado", "menos do que o observado";
    MoreThanObserved: "more than was observed", "más de lo observado", "mais do que o observado";
    TooYoung: "under 14 days old", "menos de 14 días", "menos de 14 dias";
    UnderBudget: "under", "no llega", "abaixo";
    Verdict: "Budget", "Presupuesto", "Orçamento";
    SeenAt: "Seen at", "Visto", "Visto em";
    Setting: "Setting", "Ajuste", "Configuração";
    Weight: "Weight", "Peso", "Peso";
    High: "high", "alto", "alto";
    Medium: "medium", "medio", "médio";
    Low: "low", "bajo", "baixo";
    Meant: "Meant", "Esperado", "Esperado";
    SettingEnhancement: "Enhancement", "Mejora", "Aprimoramento";
    SettingAutomation: "Automation", "Automatización", "Automação";
    SettingBudget: "Budget", "Presupuesto", "Orçamento";
    SettingBidding: "Bidding", "Puja", "Lance";
    SettingAudience: "Audience", "Público", "Público";
    SettingPlacement: "Placement", "Ubicación", "Posicionamento";
    SettingMeasurement: "Measurement", "Medición", "Mensuração";
    SettingSchedule: "Schedule", "Calendario", "Programação";
    SettingCreative: "Creative", "Creatividad", "Criativo";
    SettingOther: "Other", "Otro", "Outro";
    After: "After", "Después", "Depois";
    Spread: "Spread", "Dispersión", "Dispersão";
    Formula: "Formula", "Fórmula", "Fórmula";
    Run: "Run", "Ejecución", "Execução";
    Day: "Day", "Día", "Dia";
    Kind: "Kind", "Tipo", "Tipo";
    Lead: "lead", "lead", "lead";
    Sale: "sale", "venta", "venda";
    Refund: "refund", "devolución", "devolução";
    NotListed: "not listed", "sin listar", "sem listar";
    Now: "Now", "Ahora", "Agora";
    Window: "Window", "Ventana", "Janela";
    HalfLife: "half-life", "semivida", "meia-vida";
    NoRate: "no rate for", "sin tipo de cambio para", "sem taxa de câmbio para";
    NotConverted: "Not converted from", "Sin convertir de", "Não convertido de";
    NoCampaign: "no campaign", "sin campaña", "sem campanha";
    NoCreative: "no creative", "sin creatividad", "sem criativo";
    NotAttributed: "not attributed", "sin atribuir", "não atribuído";
    NotCompared: "Not compared", "Sin comparar", "Sem comparação";
    NotInFile: "Not in the file", "No está en el archivo", "Não está no arquivo";
    NotPredicted: "Not predicted", "Sin predicción", "Sem previsão";
    NotInStoredDays: "Not in the stored days", "Fuera de los días guardados", "Fora dos dias guardados";
    NotStored: "Not in Rumbo", "No está en Rumbo", "Não está no Rumbo";
    OfAttributed: "attributed", "atribuido", "atribuído";
    Outcome: "Outcome", "Resultado", "Resultado";
    Opportunity: "Opportunity", "Oportunidad", "Oportunidade";
    PartsNotSynced: "The sync does not read these parts. To read them: rumbo sync --breakdowns all", "La sincronización no lee estos desgloses. Para leerlos: rumbo sync --breakdowns all", "A sincronização não lê estes detalhamentos. Para lê-los: rumbo sync --breakdowns all";
    PeopleOfSeveralAccounts: "No total: people of several ad accounts cannot be added up.", "Sin total: las personas de varias cuentas publicitarias no se pueden sumar.", "Sem total: as pessoas de várias contas de anúncios não podem ser somadas.";
    Pair: "Pair", "Par", "Par";
    Original: "Original", "Original", "Original";
    OtherCurrencySales: "Sales in another currency, in no cell", "Ventas en otra moneda, en ninguna celda", "Vendas em outra moeda, em nenhuma célula";
    Payback: "Payback", "Recuperación", "Recuperação";
    PerCustomer: "Per customer", "Por cliente", "Por cliente";
    Period: "Period", "Período", "Período";
    Placement: "Placement", "Ubicación", "Posicionamento";
    Phone: "Phone", "Teléfono", "Telefone";
    Rate: "Rate", "Tipo de cambio", "Taxa de câmbio";
    RateChanged: "Rate changed", "Tipo de cambio modificado", "Taxa de câmbio alterada";
    Reach: "Reach", "Alcance", "Alcance";
    Reason: "Reason", "Motivo", "Motivo";
    Reference: "Reference", "Referencia", "Referência";
    Refused: "refused", "rechazada", "recusada";
    Refunded: "Refunded", "Reembolsado", "Reembolsado";
    Rejected: "Rejected", "Rechazadas", "Rejeitadas";
    Address: "Address", "Dirección", "Endereço";
    Contacts: "Contacts", "Contactos", "Contatos";
    MessagesCount: "Messages", "Mensajes", "Mensagens";
    ChannelStopped: "The channel stopped; what is left goes out once it works again. Try it:", "El canal se detuvo; lo que queda sale cuando vuelva a funcionar. Pruébelo:", "O canal parou; o que resta sai quando voltar a funcionar. Teste:";
    SendBegunBefore: "This was begun before and is not begun again (--again sends it once more). Begun:", "Esto ya había empezado y no se empieza de nuevo (--again lo envía otra vez). Empezó:", "Isto já tinha começado e não começa de novo (--again envia outra vez). Começou:";
    Numbers: "Numbers (id)", "Números (id)", "Números (id)";
    OfNobody: "Of no contact", "De ningún contacto", "De nenhum contato";
    Reaches: "Reaches", "Llega a", "Chega a";
    Scope: "Scope", "Alcance", "Escopo";
    Text: "Text", "Texto", "Texto";
    Removed: "Removed", "Quitadas", "Removidas";
    Results: "Results", "Resultados", "Resultados";
    Predicted: "Predicted", "Previsto", "Previsto";
    Probability: "Probability", "Probabilidad", "Probabilidade";
    Rows: "Rows", "Filas", "Linhas";
    Said: "Totals row or sync", "Fila de totales o sincronización", "Linha de totais ou sincronização";
    Cost: "Cost", "Costo", "Custo";
    SalesWithoutCost: "Sales without a cost, whose margin is their revenue", "Ventas sin costo, cuyo margen es su ingreso", "Vendas sem custo, cuja margem é sua receita";
    Sample: "sample", "ejemplo", "exemplo";
    Scopes: "Permissions", "Permisos", "Permissões";
    Source: "Source", "Origen", "Origem";
    Stage: "Stage", "Etapa", "Etapa";
    Status: "Status", "Estado", "Status";
    StoredSince: "Stored since", "Guardado desde", "Guardado desde";
    ThenNotConverted: "Not converted then from", "Entonces sin convertir de", "Na época não convertido de";
    Timezone: "Time zone", "Zona horaria", "Fuso horário";
    TotalsRow: "Totals row", "Fila de totales", "Linha de totais";
    TotalsRows: "Totals rows", "Filas de totales", "Linhas de totais";
    Touchpoints: "Touches", "Llegadas", "Chegadas";
    Total: "total", "total", "total";
    Unchanged: "Unchanged", "Sin cambios", "Sem alteração";
    Undone: "Undone", "Deshecho", "Desfeito";
    User: "Signed in as", "Sesión de", "Conectado como";
    Value: "Value", "Valor", "Valor";
    Views: "views", "vistas", "visualizações";
    Waiting: "waiting for sync", "en espera de sincronización", "aguardando sincronização";
    WaitingForMeta: "waiting for Meta's answer", "esperando la respuesta de Meta", "aguardando a resposta da Meta";
    Mended: "mended", "arreglado", "corrigido";
    WouldBeRefused: "refused", "rechazo", "recusa";
    Warned: "warning", "aviso", "aviso";
    Templates: "Templates", "Plantillas", "Modelos";
    AtMeta: "at Meta", "en Meta", "na Meta";
    BrokenBy: "Breaks", "Deja de servir", "Deixa de servir";
    Category: "Category", "Categoría", "Categoria";
    CanBeEditedAt: "Can be edited again", "Se puede editar de nuevo", "Pode ser editado de novo";
    EditsLeft: "Edits left in 30 days", "Ediciones que quedan en 30 días", "Edições restantes em 30 dias";
    NotSubmitted: "not submitted", "sin enviar", "não enviada";
    NothingDiffers: "The two versions are the same.", "Las dos versiones son iguales.", "As duas versões são iguais.";
    Quality: "Quality", "Calidad", "Qualidade";
    SkippedLately: "read lately", "leída hace poco", "lida há pouco";
    TemplateDeleted: "Deleted.", "Eliminada.", "Excluído.";
    Review: "Review", "Revisión", "Revisão";
    UsedBy: "Used by", "La usa", "Usado por";
    Vanished: "No longer listed", "Ya no figuran", "Não constam mais";
    Version: "Version", "Versión", "Versão";
    Was: "was", "era", "era";
    Refusals: "Refusals", "Rechazos", "Recusas";
    Warnings: "Warnings", "Avisos", "Avisos";
    NothingToRefuse: "Meta publishes nothing that would refuse them.", "Meta no publica nada por lo que se rechazarían.", "A Meta não publica nada pelo que seriam recusados.";
    WithoutName: "without a name", "sin nombre", "sem nome";
    Provider: "Provider", "Proveedor", "Provedor";
    Sender: "Sender", "Remitente", "Remetente";
    PairingCode: "Pairing code", "Código para vincular", "Código para vincular";
    ChannelConnected: "connected", "conectado", "conectado";
    ChannelConnecting: "not tried yet", "sin probar", "ainda não testado";
    ChannelDisconnected: "disconnected", "desconectado", "desconectado";
    ChannelOff: "switched off", "apagado", "desligado";
    ChannelRemoved: "The channel is removed.", "El canal se quitó.", "O canal foi removido.";
    ChannelSwitchedOff: "The channel has a history: it is switched off, and its secrets are forgotten.", "El canal tiene historia: quedó apagado y sus secretos se olvidaron.", "O canal tem histórico: ficou desligado e seus segredos foram esquecidos.";
    Purpose: "For", "Para", "Para";
    Price: "Price", "Precio", "Preço";
    ValidFrom: "From", "Desde", "Desde";
    EveryOther: "any", "cualquiera", "qualquer";
    NoPrices: "There is no price. Add one: rumbo channels price", "No hay ningún precio. Agregue uno: rumbo channels price", "Não há preço. Adicione um: rumbo channels price";
    PeopleReached: "People reached", "Personas alcanzadas", "Pessoas alcançadas";
    Replies: "Replies", "Respuestas", "Respostas";
    Sales: "Sales", "Ventas", "Vendas";
    PerDelivered: "Per delivered", "Por entregado", "Por entregue";
    PerReply: "Per reply", "Por respuesta", "Por resposta";
    PerSale: "Per sale", "Por venta", "Por venda";
    CheaperBy: "Cheaper by another channel", "Más barato por otro canal", "Mais barato por outro canal";
    NoChannels: "There is no messaging channel. Add one: rumbo channels add", "No hay ningún canal de mensajes. Agregue uno: rumbo channels add", "Não há canal de mensagens. Adicione um: rumbo channels add";
    ChatwootDisconnected: "The link to Chatwoot is ended. What was mirrored stays in both.", "El vínculo con Chatwoot terminó. Lo que se copió queda en ambos.", "O vínculo com o Chatwoot terminou. O que foi copiado fica nos dois.";
    ChatwootInbox: "Inbox in Chatwoot", "Bandeja en Chatwoot", "Caixa de entrada no Chatwoot";
    ChatwootMirrored: "In Chatwoot", "En Chatwoot", "No Chatwoot";
    ChatwootNotLinked: "This workspace is not linked to Chatwoot. Link it: rumbo chatwoot connect", "Este espacio de trabajo no está vinculado a Chatwoot. Vincúlelo: rumbo chatwoot connect", "Este espaço de trabalho não está vinculado ao Chatwoot. Vincule: rumbo chatwoot connect";
    ChatwootRefused: "Not accepted", "No aceptados", "Não aceitas";
    ChatwootUsable: "Usable", "Utilizable", "Utilizável";
    ChatwootWaiting: "Waiting", "En espera", "Em espera";
    ChatwootWebhook: "Webhook", "Webhook", "Webhook";
    ChatwootChannels: "Channels", "Canales", "Canais";
    AuditBrokenAt: "Missing or changed, from entry", "Falta o cambió, desde la entrada", "Falta ou mudou, desde a entrada";
    AuditDone: "What", "Qué", "O quê";
    AuditObject: "Of", "De", "De";
    AuditPerson: "Who", "Quién", "Quem";
    AuditWhole: "Entries, all whole", "Entradas, todas íntegras", "Entradas, todas íntegras";
    AssignedTo: "Assigned to", "Asignada a", "Atribuída a";
    Automatic: "automatic", "automático", "automático";
    ConversationClosed: "closed", "cerrada", "encerrada";
    ConversationOpen: "open", "abierta", "aberta";
    Inbound: "In", "Entrantes", "Recebidas";
    LastMessage: "Last message (UTC)", "Último mensaje (UTC)", "Última mensagem (UTC)";
    MeanAnswer: "Mean answer", "Respuesta media", "Resposta média";
    MedianAnswer: "Median answer", "Mediana de respuesta", "Mediana de resposta";
    MessageChannel: "Channel", "Canal", "Canal";
    MessageText: "Text", "Texto", "Texto";
    NotSent: "Failed", "Fallidos", "Com falha";
    Outbound: "Out", "Salientes", "Enviadas";
    PeopleWritten: "People", "Personas", "Pessoas";
    Unread: "Unread", "Sin leer", "Não lidas";
    Workspace: "Workspace", "Espacio de trabajo", "Espaço de trabalho";
    Yes: "yes", "sí", "sim";
}

/// What a channel is called; one of the business's own goes by its word.
pub fn channel(output: &Output, code: &str) -> String {
    let word = match code {
        "meta" => return "Meta".to_owned(),
        "google_ads" => return "Google Ads".to_owned(),
        "tiktok_ads" => return "TikTok Ads".to_owned(),
        "sms" => return "SMS".to_owned(),
        "email" => Word::ChannelEmail,
        "agency" => Word::ChannelAgency,
        "fee" => Word::ChannelFee,
        "other" => Word::ChannelOther,
        "organic" => Word::ChannelOrganic,
        "referral" => Word::ChannelReferral,
        "web" => Word::ChannelWeb,
        own => return short(own),
    };
    output.word(word).to_owned()
}

#[cfg(test)]
mod tests;
